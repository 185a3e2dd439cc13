import { Command, type CommanderError } from 'commander';
import { addChatCommand } from './chat.command.js';
import { EXIT } from './command-failure.js';
import { addCompletionCommand } from './completion.command.js';
import { addConfigCommand } from './config.command.js';
import { addDoctorCommand } from './doctor.command.js';
import { addKeysCommand } from './keys.command.js';
import { addLogsCommand } from './logs.command.js';
import { paint, paintNothing } from './paint.js';
import { addProvidersCommand } from './providers.command.js';
import { addSelftestCommand } from './selftest.command.js';
import { addServeCommand } from './serve.command.js';
import { addStartCommands } from './start.command.js';
import { addStatusCommand } from './status.command.js';
import { addUsageCommand } from './usage.command.js';
import { packageVersion } from '../config/package-version.js';

/** The whole of `shellm`, as commander knows it. What the commands do is loaded when one runs. */
export function createProgram(): Command {
  const program = new Command('shellm')
    .description('One OpenAI-compatible server in front of the LLM subscriptions and API keys your team already has')
    .version(packageVersion, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--no-color', 'no colours (as the variable NO_COLOR)')
    .on('option:no-color', paintNothing)
    .configureHelp({ styleTitle: (text) => paint('bold', text), styleCommandText: (text) => paint('cyan', text) })
    .configureOutput({ outputError: writeMistake })
    .exitOverride(leave);
  addServeCommand(program);
  addStartCommands(program);
  addStatusCommand(program);
  addLogsCommand(program);
  addChatCommand(program);
  addProvidersCommand(program);
  addConfigCommand(program);
  addKeysCommand(program);
  addUsageCommand(program);
  addDoctorCommand(program);
  addSelftestCommand(program);
  addCompletionCommand(program);
  return program;
}

/** What is wrong with a command line, as everything else that is wrong is said. */
function writeMistake(text: string, write: (text: string) => void): void {
  write(text.replace(/^error:/, paint('red', 'shellm:', process.stderr)).replace('\n(Did', ' (did'));
}

function leave({ exitCode, code }: CommanderError): never {
  process.exit(exitCode === 0 || code === 'commander.help' ? exitCode : EXIT.usage);
}
