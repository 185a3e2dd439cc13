const grouped = new Intl.NumberFormat('en-US');

/** `1,234,567`: exact, for titles and tables that are added up. */
export function exact(value: number): string {
  return grouped.format(value);
}

/** `820`, `1.2 k`, `34 k`, `5.6 M`. */
export function compact(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  let unit = 0;
  let rest = value;
  while (Math.abs(Number(rest.toPrecision(3))) >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${significant(rest, unit === 0 ? 3 : 2)}${units[unit]}`;
}

/** `$0`, `$0.0042`, `$1.25`, `$1,300`. */
export function dollars(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '$0';
  const sign = value < 0 ? '-' : '';
  if (size < 0.0001) return `${sign}<$0.0001`;
  if (size < 0.1) return `${sign}$${trimmed(size.toFixed(4), 2)}`;
  return `${sign}$${size < 1000 ? size.toFixed(2) : exact(Math.round(size))}`;
}

/** `0%`, `0.4%`, `12%`: of a part of a whole. */
export function percent(part: number, whole = 1): string {
  const value = whole === 0 ? 0 : (part / whole) * 100;
  if (value > 0 && value < 0.1) return '<0.1%';
  return `${value < 10 ? trimmed(value.toFixed(1), 0) : Math.round(value)}%`;
}

/** `340 ms`, `3.4 s`, `2 min 5 s`. */
export function milliseconds(value: number): string {
  if (value < 999.5) return `${value < 9.95 ? significant(value, 2) : Math.round(value)} ms`;
  if (value < 59_950) return `${significant(value / 1000, value < 9950 ? 2 : 3)} s`;
  const seconds = Math.round(value / 1000);
  if (seconds < 3600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  return joined(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min');
}

/** `142 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
  return `${significant(value / 1000 ** unit, 3)} ${units[unit]}`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `4 d 2 h`: how long something has lasted. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86_400) return joined(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return joined(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h');
}

function significant(value: number, digits: number): string {
  const rounded = Number(value.toPrecision(digits));
  return String(Math.abs(rounded) >= 10 ** (digits - 1) ? Math.round(value) : rounded);
}

/** Without zeros at the end, but never fewer places than asked for. */
function trimmed(text: string, places: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(places, '0');
  return kept === '' ? whole : `${whole}.${kept}`;
}

function joined(first: number, firstUnit: string, second: number, secondUnit: string): string {
  return second === 0 ? `${first} ${firstUnit}` : `${first} ${firstUnit} ${second} ${secondUnit}`;
}
