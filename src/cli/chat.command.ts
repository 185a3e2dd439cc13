import { type Command } from 'commander';
import { act } from './act.js';
import { type ChatOptions } from './chat.js';

/** `shellm chat`: a question to the gateway, or a conversation with it. */
export function addChatCommand(program: Command): void {
  program
    .command('chat')
    .description('ask the gateway; without a prompt, on a terminal, talk to it')
    .argument('[prompt]', 'what to ask; - or nothing: what stdin says')
    .option('-m, --model <model>', 'who is to answer: claude, gemini/gemini-3-pro, an alias')
    .option('-s, --system <text>', 'the system prompt')
    .option('--json', 'the whole answer, as JSON')
    .option('--url <url>', 'of another gateway than the one that runs here')
    .addHelpText(
      'after',
      [
        '',
        'What is piped in stands below the prompt. The key is SHELLM_API_KEY; on the gateway’s own machine none is needed.',
        '',
        'Examples:',
        '  shellm chat "What is a monad?"',
        '  git diff | shellm chat "Write a commit message" -m claude/haiku',
        '  shellm chat -s "Answer in French"',
      ].join('\n'),
    )
    .action(act(async (prompt: string | undefined, options: ChatOptions) => (await import('./chat.js')).chat(prompt, options)));
}
