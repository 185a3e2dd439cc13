// One line of the given number of megabytes.
import { writeSync } from 'node:fs';
const megabyte = Buffer.alloc(2 ** 20, 'x');
for (let count = Number(process.argv[2]); count > 0; count -= 1) for (let sent = 0; sent < megabyte.length;) sent += writeSync(1, megabyte, sent);
writeSync(1, '\n');
