import { type CorpusFile } from './corpus.js';
import { type Redactor } from '../../src/kernel/text-filter.js';

/** What a redactor takes out of files, each with where it stood, and how many characters it looked at. */
export function falseAlarms(redactor: Redactor, files: Iterable<CorpusFile>): { readonly length: number; readonly alarms: readonly string[] } {
  const alarms: string[] = [];
  let length = 0;
  for (const { path, text } of files) {
    length += text.length;
    const told = redactor.redact(text);
    if (told === text) continue;
    for (const { 0: alarm, index } of told.matchAll(/\[REDACTED:[a-z-]+\]/g)) {
      if (!text.includes(alarm)) alarms.push(`${path}: ${told.slice(Math.max(0, index - 60), index + 60).replaceAll(/\s+/g, ' ')}`);
    }
  }
  return { length, alarms };
}
