import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 200;
const PIECE_BYTES = 64 * 1024;

/**
 * What is appended to a file from a place on, piece by piece. It goes on when the file is cut short (logrotate's copytruncate), and with the new one when it is
 * renamed and made again, after the rest of the old.
 *
 * @param file open for reading; closed when another one takes its place
 */
export async function* followFile(path: string, file: number, from: number): AsyncGenerator<Buffer> {
  for (let place = from; ;) {
    if (fstatSync(file).size < place) place = 0;
    // Looked at before the rest is read: nothing is written to the old one after.
    const next = successorOf(path, file);
    for (let piece = read(file, place); piece.length > 0; piece = read(file, place)) {
      place += piece.length;
      yield piece;
    }
    if (next === undefined) {
      await sleep(LOOK_EVERY_MS);
    } else {
      closeSync(file);
      [file, place] = [next, 0];
    }
  }
}

/** The file that has the name now, open; undefined where it still is the same, or there is none. */
function successorOf(path: string, file: number): number | undefined {
  try {
    if (statSync(path).ino === fstatSync(file).ino) return undefined;
    return openSync(path, 'r');
  } catch {
    return undefined; // the next one is not there yet
  }
}

function read(file: number, place: number): Buffer {
  const piece = Buffer.alloc(PIECE_BYTES);
  return piece.subarray(0, readSync(file, piece, 0, piece.length, place));
}
