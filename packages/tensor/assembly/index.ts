export * from "./binary";
export * from "./columns";
export * from "./elementwise";
export * from "./losses";
export * from "./matmul";
export * from "./optimizers";
export * from "./rows";
export * from "./unary";
