import { type AppServer, type ThreadListener } from '../../src/providers/codex-cli/app-server.js';
import { type ToolCallResult, type TurnParams } from '../../src/providers/codex-cli/protocol.js';

/** A Codex process that does what the spec says, when the spec says it. */
export class ScriptedAppServer {
  readonly asked: string[] = [];
  listener: ThreadListener | undefined;
  readonly inject = (): Promise<void> => this.#ask('inject', this.injected);
  readonly startTurn = (): Promise<string> => this.#ask('start', this.started);
  readonly interrupt = (_: string, turnId: string): Promise<void> => this.#ask(`interrupt ${turnId}`, this.interrupted);
  injected: Promise<void> = Promise.resolve();
  started: Promise<string> = Promise.resolve('turn-1');
  interrupted: Promise<void> = Promise.resolve();

  readonly listen = (_: string, listener: ThreadListener): (() => void) => {
    this.listener = listener;
    return () => {
      this.listener = undefined;
    };
  };

  get server(): AppServer {
    return this as unknown as AppServer;
  }

  tell(method: string, params: TurnParams = {}): void {
    this.listener?.notified(method, params);
  }

  /** Resolves with the function's result. */
  call(callId: string, tool: string, input: unknown = {}): Promise<ToolCallResult> | undefined {
    return this.listener?.called({ callId, tool, arguments: input });
  }

  #ask<T>(what: string, answer: Promise<T>): Promise<T> {
    this.asked.push(what);
    return answer;
  }
}
