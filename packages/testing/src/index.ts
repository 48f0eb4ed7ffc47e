// Importing anything from here also registers the matcher.
import "./to-be-all-close.js";

export { readFixture } from "./fixture.js";
export type { NumbersLike } from "./numbers-like.js";
export { propertyRuns } from "./property.js";
export { type NormalOptions, normals, type UniformOptions, uniforms } from "./random-data.js";
