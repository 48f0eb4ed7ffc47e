export * from "./columns";
export * from "./elementwise";
export * from "./matmul";
export * from "./optimizers";
