// Starts a child outside its process group that holds its stdout for the given number of seconds, says its pid and a result, and goes; with `stays` it does not.
import { spawn } from 'node:child_process';
const [seconds, then] = process.argv.slice(2);
const escapee = spawn('sleep', [seconds], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
console.log(`${escapee.pid}\nresult`);
if (then !== 'stays') process.exit(0);
