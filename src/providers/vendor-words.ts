import { cleanWords } from '../redaction/clean-words.js';

/** What a vendor or a CLI said, for the client: without secrets, paths, addresses of hosts and their ports, and not endless. */
export function vendorWords(text: string): string {
  return cleanWords(text, Infinity)
    .replace(/\b(?:https?|wss?):\/\/\S+/g, '…')
    .replace(/(?<![\w/:])(?:[A-Za-z]:)?[\\/](?:[\w.@~-]+[\\/])+[\w.@~-]*/g, '…')
    .replace(/\b(?:\d{1,3}(?:\.\d{1,3}){3}|localhost)(?::\d+)?\b/g, '…')
    .trim()
    .slice(0, 500);
}
