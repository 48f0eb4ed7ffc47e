export type Point = [step: number, value: number];
