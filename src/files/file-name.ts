const MAX_LENGTH = 255;
const UNNAMED = 'file.jsonl';

/** The name of a file, as its client sent it, without a path and without what does not show: control characters, and those that turn the direction of what follows. */
export function cleanFileName(given: string | undefined): string {
  const name = (given ?? '')
    .replace(/^.*[/\\]/s, '')
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  if (name === '' || name === '.' || name === '..') return UNNAMED;
  return name.slice(0, MAX_LENGTH).toWellFormed();
}
