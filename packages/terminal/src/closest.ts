/** Edits that a typing error may have: one for every so many letters. */
const LETTERS_PER_EDIT = 3;

/** The name that `text` was probably meant to be; undefined where none is near. */
export function closest(text: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, edits: distance(text, name) }))
    .filter(({ name, edits }) => edits <= name.length / LETTERS_PER_EDIT)
    .sort((a, b) => a.edits - b.edits);
  return best?.name;
}

/** Letters to insert, delete or replace until `a` is `b` (Levenshtein 1965). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
