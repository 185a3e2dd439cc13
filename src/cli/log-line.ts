import { paint, type Style } from './paint.js';

const levels: Readonly<Record<string, Style>> = { trace: 'dim', debug: 'dim', info: 'green', warn: 'yellow', error: 'red', fatal: ['bold', 'red'] };

type Entry = Readonly<Record<string, unknown>>;

/** A line of the log for people: time, level, what happened. What is no entry of the log stays as it is. Nothing in it can steer the terminal. */
export function logLine(line: string): string {
  const entry = parse(line);
  if (!entry) return plain(line);
  const { level, time, msg, method, path, status, ms, client, address, model, request_id: requestId, ...rest } = entry;
  const name = textOf(level);
  const access = method === undefined ? undefined : accessOf({ method, path, status, ms, who: client ?? address, model });
  const others = { ...rest, request_id: access === undefined ? requestId : undefined };
  const facts = Object.entries(others).filter(([, value]) => value !== undefined && value !== null);
  const told = facts.map(([key, value]) => `${plain(key)}=${textOf(value)}`).join(' ');
  const parts = [paint('dim', clockOf(time)), paint(levels[name] ?? 'dim', name.toUpperCase().padEnd(5)), access ?? textOf(msg), told === '' ? '' : paint('dim', told)];
  return parts.filter((part) => part !== '').join(' ');
}

function accessOf({ method, path, status, ms, who, model }: Entry): string {
  const code = Number(status);
  const colour = code >= 500 ? 'red' : code >= 400 ? 'yellow' : 'green';
  const parts = [textOf(method), textOf(path), paint(colour, textOf(status)), `${textOf(ms)} ms`, textOf(who), paint('cyan', textOf(model))];
  return parts.filter((part) => part !== '').join(' ');
}

function parse(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined; // it was cut
  }
}

/** In local time; with its date where that is not today's. */
function clockOf(time: unknown): string {
  const date = new Date(typeof time === 'string' || typeof time === 'number' ? time : NaN);
  if (Number.isNaN(date.getTime())) return plain(textOf(time));
  const clock = date.toTimeString().slice(0, 8);
  if (date.toDateString() === new Date().toDateString()) return clock;
  return `${[date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-')} ${clock}`;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return plain(typeof value === 'string' ? value : messageOf(value));
}

function messageOf(value: unknown): string {
  const { message, type } = value as { readonly message?: unknown; readonly type?: unknown };
  return typeof message === 'string' ? `${typeof type === 'string' ? type : 'Error'}: ${message}` : JSON.stringify(value);
}

/** One line, without control characters. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
