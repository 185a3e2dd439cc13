import fc from 'fast-check';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What stands where something else is expected: every kind of value, and keys that objects have by birth. */
const odd: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Json>(null, true, false, 0, -1, 1.5, 1e300, '', 'x', 'constructor', '\u0000', '\uD800', [], {}, [null], [[]], { x: null }) },
  { weight: 2, arbitrary: fc.constantFrom<Json>({ toString: 1, valueOf: 1 }, { length: -1 }, { constructor: { prototype: null } }, { then: 'x' }, { toJSON: 7 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json> },
);

interface Change {
  readonly kind: 'replace' | 'remove' | 'add' | 'wrap';
  readonly place: number;
  readonly value: Json;
  readonly name: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'wrap'),
  place: fc.nat(10_000),
  value: odd,
  name: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'then', 'id', 'type', 'index'), fc.string({ maxLength: 4 })),
});

/** A value that is nearly what it was: with one to four of its parts of another kind, gone, or too many. Plain JSON throughout. */
export function misshapen(value: unknown): fc.Arbitrary<unknown> {
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => changes.reduce<unknown>((now, each) => changed(now, each), structuredClone(value)));
}

/** A list of which some entries are misshapen, some missing, some there twice, and some out of their place. */
export function misshapenList(values: readonly unknown[]): fc.Arbitrary<unknown[]> {
  const step = fc.record({
    kind: fc.constantFrom('shape', 'shape', 'shape', 'drop', 'repeat', 'move', 'insert'),
    at: fc.nat(10_000),
    to: fc.nat(10_000),
    change,
    value: odd,
  });
  return fc.array(step, { maxLength: 6 }).map((steps) => {
    const list = structuredClone([...values]);
    for (const { kind, at, to, change: how, value } of steps) {
      const index = at % Math.max(1, list.length);
      if (kind === 'shape') list[index] = changed(list[index], how);
      else if (kind === 'drop') list.splice(index, 1);
      else if (kind === 'repeat') list.splice(to % Math.max(1, list.length), 0, structuredClone(list[index]));
      else if (kind === 'insert') list.splice(index, 0, value);
      else list.splice(to % Math.max(1, list.length), 0, ...list.splice(index, 1));
    }
    return list;
  });
}

/** Bytes with some of them changed, gone or doubled, cut into pieces anywhere. */
export function damaged(bytes: Uint8Array): fc.Arbitrary<Buffer[]> {
  const step = fc.record({ kind: fc.constantFrom('set', 'cut', 'insert', 'repeat'), at: fc.nat(100_000), length: fc.nat(64), bytes: fc.uint8Array({ maxLength: 8 }) });
  return fc.tuple(fc.array(step, { maxLength: 6 }), fc.array(fc.nat(100_000), { maxLength: 8 })).map(([steps, cuts]) => {
    let now: Buffer = Buffer.from(bytes);
    for (const { kind, at, length, bytes: given } of steps) {
      const index = at % (now.length + 1);
      const [head, tail] = [now.subarray(0, index), now.subarray(index)];
      if (kind === 'set') now = Buffer.concat([head, given, tail.subarray(given.length)]);
      else if (kind === 'insert') now = Buffer.concat([head, given, tail]);
      else if (kind === 'repeat') now = Buffer.concat([head, tail.subarray(0, length), tail]);
      else now = Buffer.concat([head, tail.subarray(length)]);
    }
    return pieces(now, cuts);
  });
}

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other), bytes.length];
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly name: string;
}

function changed(value: unknown, { kind, place, value: other, name }: Change): unknown {
  const root: Record<string, unknown> = { root: value };
  const places = placesIn(root);
  const chosen = places[place % places.length];
  if (!chosen) return value;
  const { holder, name: at } = chosen;
  if (kind === 'replace') holder[at] = structuredClone(other);
  else if (kind === 'wrap') holder[at] = [holder[at]];
  else if (kind === 'remove' && holder !== root) remove(holder, at);
  else if (kind === 'add') add(holder[at], name, structuredClone(other));
  return root['root'];
}

function placesIn(holder: Record<string, unknown>): Place[] {
  return Object.keys(holder).flatMap((name) => {
    const value = holder[name];
    return [{ holder, name }, ...(typeof value === 'object' && value !== null ? placesIn(value as Record<string, unknown>) : [])];
  });
}

function remove(holder: Record<string, unknown>, name: string): void {
  if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else Reflect.deleteProperty(holder, name);
}

/** As `JSON.parse` would: `__proto__` is a key like any other. */
function add(holder: unknown, name: string, value: unknown): void {
  if (Array.isArray(holder)) holder.push(value);
  else if (typeof holder === 'object' && holder !== null) Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}
