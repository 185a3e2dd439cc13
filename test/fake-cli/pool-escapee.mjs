// Starts a child outside its process group that holds its stdout for the given number of seconds, says its pid and a result, and goes.
import { spawn } from 'node:child_process';
const escapee = spawn('sleep', [process.argv[2]], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
console.log(`${escapee.pid}\nresult`);
process.exit(0);
