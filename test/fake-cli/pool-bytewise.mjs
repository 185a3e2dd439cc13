// Writes its text byte by byte, each in a write of its own and the reader given time to come between.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
for (const byte of Buffer.from(`${process.argv[2]}\n`)) {
  writeSync(1, Buffer.of(byte));
  await sleep(3);
}
