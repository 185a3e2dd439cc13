import { Transform } from 'class-transformer';

const units: Readonly<Record<string, number>> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** Reads `1gb`, `32mb`, `512kb` or a number of bytes; anything else is left for `@IsInt()` to refuse. */
export function Bytes(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    const [, number, unit = ''] = /^\s*(\d+)\s*(gb|mb|kb|b)?\s*$/i.exec(String(value)) ?? [];
    return number === undefined ? value : Number(number) * (units[unit.toLowerCase()] ?? 1);
  });
}
