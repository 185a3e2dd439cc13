// Starts a child outside its process group that holds its stdout for the given number of seconds, says its result and goes.
import { spawn } from 'node:child_process';
spawn('sleep', [process.argv[2]], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] }).unref();
console.log('result');
process.exit(0);
