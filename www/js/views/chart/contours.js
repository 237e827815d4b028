// Marching squares (Lorensen & Cline 1987, in the plane): where a field on a square lattice passes a level. Pure.
// @ts-check

/**
 * Adds to the path the lines along which the field is `level`.
 * @param {CanvasRenderingContext2D} context
 * @param {ArrayLike<number>} field row by row
 * @param {number} cells along each axis
 * @param {number} level
 * @param {(column: number) => number} xOf
 * @param {(row: number) => number} yOf
 */
export function addContour(context, field, cells, level, xOf, yOf) {
  /** Where an edge between two neighbours is crossed. @param {number} a @param {number} b */
  const cut = (a, b) => (level - a) / (b - a);
  for (let row = 0; row + 1 < cells; row++) {
    for (let column = 0; column + 1 < cells; column++) {
      const i = row * cells + column;
      const [a, b, c, d] = [field[i], field[i + 1], field[i + cells + 1], field[i + cells]];
      const above = (a > level ? 1 : 0) | (b > level ? 2 : 0) | (c > level ? 4 : 0) | (d > level ? 8 : 0);
      if (above === 0 || above === 15) continue;
      /** On the edges that are crossed, in turn around the cell. @type {number[]} */
      const ends = [];
      if (((above >> 0) ^ (above >> 1)) & 1) ends.push(xOf(column + cut(a, b)), yOf(row));
      if (((above >> 1) ^ (above >> 2)) & 1) ends.push(xOf(column + 1), yOf(row + cut(b, c)));
      if (((above >> 2) ^ (above >> 3)) & 1) ends.push(xOf(column + 1 - cut(c, d)), yOf(row + 1));
      if (((above >> 3) ^ (above >> 0)) & 1) ends.push(xOf(column), yOf(row + 1 - cut(d, a)));
      // At a saddle the middle says which two corners belong together.
      const turn = ends.length === 8 && (a + b + c + d > 4 * level) !== (a > level) ? 2 : 0;
      for (let k = 0; k < ends.length; k += 4) {
        const [from, to] = [(k + turn) % ends.length, (k + turn + 2) % ends.length];
        context.moveTo(ends[from], ends[from + 1]);
        context.lineTo(ends[to], ends[to + 1]);
      }
    }
  }
}
