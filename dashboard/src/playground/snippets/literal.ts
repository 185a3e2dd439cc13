/** How a language writes a value that JSON can hold. */
interface Style {
  readonly step: string;
  readonly text: (value: string) => string;
  readonly key: (name: string) => string;
  readonly word: (value: boolean | null) => string;
  /** Within the braces of an object on one line. */
  readonly blank: string;
  /** After the last of several lines. */
  readonly lastComma: string;
}

const json: Style = { step: '  ', text: JSON.stringify, key: JSON.stringify, word: String, blank: '', lastComma: '' };
const javascript: Style = { ...json, text: singleQuoted, key: propertyName, blank: ' ', lastComma: ',' };
const python: Style = { ...json, step: '    ', word: (value) => (value === null ? 'None' : value ? 'True' : 'False'), lastComma: ',' };

export function jsonLiteral(value: unknown): string {
  return literal(value, '', json);
}

export function javascriptLiteral(value: unknown): string {
  return literal(value, '', javascript);
}

/** @param indent of the line that the value begins on */
export function pythonLiteral(value: unknown, indent = ''): string {
  return literal(value, indent, python);
}

const LINE = 80;

function literal(value: unknown, indent: string, style: Style): string {
  if (typeof value === 'string') return style.text(value);
  if (typeof value === 'boolean' || value === null) return style.word(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = indent + style.step;
  const isList = Array.isArray(value);
  const entries = isList ? value.map((each) => literal(each, inner, style)) : Object.entries(value).map(([name, each]) => `${style.key(name)}: ${literal(each, inner, style)}`);
  const [open, close, blank] = isList ? ['[', ']', ''] : ['{', '}', style.blank];
  if (entries.length === 0) return open + close;
  const line = `${open}${blank}${entries.join(', ')}${blank}${close}`;
  if (indent.length + line.length <= LINE && !line.includes('\n')) return line;
  return `${open}\n${inner}${entries.join(`,\n${inner}`)}${style.lastComma}\n${indent}${close}`;
}

function singleQuoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** `__proto__: …` would set the prototype. */
function propertyName(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : singleQuoted(name);
}
