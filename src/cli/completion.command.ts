import { Argument, type Command } from 'commander';
import { act } from './act.js';
import { type Shell, shells } from './completion.js';

/** `shellm completion`: what a shell needs to complete `shellm …`. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'whose completion').choices(shells))
    .description('print the completion script of a shell')
    .addHelpText(
      'after',
      '\nExamples:\n  echo \'source <(shellm completion bash)\' >> ~/.bashrc\n  shellm completion zsh > "${fpath[1]}/_shellm"\n  shellm completion fish > ~/.config/fish/completions/shellm.fish',
    )
    .action(
      act(async (shell: Shell) => {
        const { completionOf } = await import('./completion.js');
        process.stdout.write(completionOf(program, shell));
      }),
    );
}
