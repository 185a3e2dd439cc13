import { isJson } from '../../kernel/is-json.js';
import { type Redactor } from '../../kernel/text-filter.js';

/**
 * Takes secrets out of every string of a JSON text, the arguments of tool calls (JSON in a string) included. Everything else stays as it was
 * written: numbers, order, blanks, names. The same string where nothing changes. Linear; a text that is no JSON is taken as a plain text.
 */
export function redactJson(json: string, redactor: Redactor): string {
  if (!isJson(json)) return redactor.redact(json);
  let out = '';
  let done = 0;
  let name = '';
  for (let open = json.indexOf('"'); open >= 0;) {
    const end = endOfString(json, open);
    const literal = json.slice(open, end);
    if (isName(json, end)) {
      name = literal;
    } else {
      const redacted = redactLiteral(literal, name === '"arguments"' ? 'json' : 'text', redactor);
      if (redacted !== literal) {
        out += json.slice(done, open) + redacted;
        done = end;
      }
    }
    open = json.indexOf('"', end);
  }
  return done === 0 ? json : out + json.slice(done);
}

function endOfString(json: string, open: number): number {
  let at = open + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isName(json: string, end: number): boolean {
  let at = end;
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\r' || json[at] === '\t') at++;
  return json[at] === ':';
}

function redactLiteral(literal: string, form: 'text' | 'json', redactor: Redactor): string {
  const text = JSON.parse(literal) as string;
  const redacted = redactor.redact(text, form);
  return redacted === text ? literal : JSON.stringify(redacted);
}
