import { createProgram } from './program.js';
import { keepCompiled } from '../config/compile-cache.js';

// What a command does is loaded when it runs.
keepCompiled();
await createProgram().parseAsync(commandLine(process.argv.slice(2)), { from: 'user' });

function commandLine(args: readonly string[]): readonly string[] {
  // `shellm help keys create`: commander's own help command knows the first level alone.
  if (args[0] === 'help') return [...args.slice(1), '--help'];
  // Not commander's default command: to that one an unknown command would be an argument.
  return args.every((arg) => arg === '--no-color') ? [...args, 'serve'] : args;
}
