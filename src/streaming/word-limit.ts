/** Counts the words of a text that arrives in pieces. A word is a run of characters other than ASCII white space. */
export class WordLimit {
  #left: number;
  #inWord = false;

  constructor(words: number) {
    this.#left = words;
  }

  /** Where in the next piece the first word over the limit begins; -1 while there is none. */
  exceededAt(piece: string): number {
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      const blank = code === 32 || (code >= 9 && code <= 13);
      if (!blank && !this.#inWord && this.#left-- === 0) return at;
      this.#inWord = !blank;
    }
    return -1;
  }
}
