/** How commands end; documented in docs/commands.md. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notRunning: 3, unavailable: 4 } as const;

/** Why a command cannot do what it was asked for: one line for its user, that says what to do where that is known. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}
