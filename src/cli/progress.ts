import { paint } from './paint.js';

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const FRAME_MS = 80;
const CLEAR_LINE = '\r\x1b[K';

/**
 * Shows that something takes its time: a line on stderr that moves, gone when it is over. Nothing where stderr is no terminal.
 *
 * @param work gets a function that says what is going on now
 */
export async function withProgress<T>(text: string, work: (say: (text: string) => void) => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY || process.stderr.getColorDepth() === 1) return work(() => undefined);
  let [now, frame] = [text, 0];
  const draw = (): void => {
    process.stderr.write(`${CLEAR_LINE}${paint('cyan', FRAMES[frame++ % FRAMES.length] ?? '', process.stderr)} ${now.slice(0, (process.stderr.columns || 80) - 3)}`);
  };
  const timer = setInterval(draw, FRAME_MS).unref();
  draw();
  try {
    return await work((next) => (now = next));
  } finally {
    clearInterval(timer);
    process.stderr.write(CLEAR_LINE);
  }
}
