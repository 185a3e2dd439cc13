import { type Command } from 'commander';
import { act } from './act.js';
import { type DoctorOptions } from './doctor.js';

/** `shellm doctor`: what is wrong here, and what mends it. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look whether all is well here, and say what mends what is not; costs no tokens')
    .option('--json', 'as JSON')
    .option('--offline', 'ask no vendor')
    .addHelpText('after', '\nIt ends with 1 where something needs a hand.\n\nExample:\n  shellm doctor')
    .action(act(async (options: DoctorOptions) => (await import('./doctor.js')).doctor(options)));
}
