/** Invisible, and no blank: what stands behind it is no command and no name of a file any more, for the model it is the same text. */
const JOINER = '\u2060';

/**
 * Makes a plain text of one in which an agent would find an order of its own: a command at its beginning (`/logout`, `!ls`), or an `@` before the name of a
 * file, which some agents read and send along without asking anybody. Names without a path (`@Injectable`, `@nestjs/core`) lead nowhere from an empty
 * folder and stay as they are.
 */
export function literalText(text: string): string {
  const plain = text.replace(/\S+/g, (word) => (word.includes('@') ? withoutMention(word) : word));
  return /^\s*[/!$]/.test(plain) ? JOINER + plain : plain;
}

/** A name that climbs is one wherever it begins, so that it is broken where it does. A quoted name may hold blanks, and go on in the next words. */
function withoutMention(word: string): string {
  if (!/\.\.|\\/.test(word)) return word.replace(/@(?=["'`/\\~.$%]|[A-Za-z][\w+-]*:)/g, `${JOINER}@${JOINER}`);
  return word.replaceAll('@', `${JOINER}@${JOINER}`).replaceAll('..', `.${JOINER}.`);
}
