export { matmulFloat32, matmulFloat64, multiplyTileFloat32 } from "./matmul";
