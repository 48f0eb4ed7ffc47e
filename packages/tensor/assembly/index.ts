export * from "./columns";
export * from "./elementwise";
export * from "./exponential";
export * from "./matmul";
export * from "./optimizers";
