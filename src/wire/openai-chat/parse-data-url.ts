/** What a base64 `data:` URL holds. */
export interface DataUrl {
  /** Lower case, without parameters; '' where the URL names none. */
  readonly mediaType: string;
  readonly data: string;
}

/** Reads a base64 `data:` URL; undefined where it is none, or its data is not base64. Linear, and the data is not decoded. */
export function parseDataUrl(url: string): DataUrl | undefined {
  const comma = url.indexOf(',');
  if (comma < 0 || comma > MAX_HEAD) return undefined;
  const head = HEAD.exec(url.slice(0, comma));
  const data = url.slice(comma + 1);
  return head && isBase64(data) ? { mediaType: (head[1] ?? '').toLowerCase(), data } : undefined;
}

/** Whether a text is base64 with its padding, and not empty. */
export function isBase64(text: string): boolean {
  return text.length > 0 && text.length % 4 === 0 && BASE64.test(text);
}

const MAX_HEAD = 256;
const HEAD = /^data:([^;,\s]*)(?:;[^;,]*)*;base64$/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
