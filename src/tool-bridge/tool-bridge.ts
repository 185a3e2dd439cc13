import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BridgeServer } from './bridge-server.js';
import { type ToolSession } from './tool-session.js';
import { type FunctionTool } from '../kernel/completion-request.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** Gives agents the functions of a client, as tools of a server of the Model Context Protocol on the loopback interface. Nothing listens before the first session. */
@Injectable()
export class ToolBridge implements OnApplicationShutdown {
  #server: Promise<BridgeServer> | undefined;
  #closed = false;

  /** Functions for one session of an agent. The session is the caller's to close. @param name the server's, as the agent will know it */
  async open(name: string, tools: readonly FunctionTool[]): Promise<ToolSession> {
    if (this.#closed) throw new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 });
    this.#server ??= this.#listen();
    return (await this.#server).open(name, tools);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#closed = true;
    await (await this.#server?.catch(() => undefined))?.close();
  }

  /** One that fails is tried again with the next session. */
  #listen(): Promise<BridgeServer> {
    return BridgeServer.listen().catch((error: unknown) => {
      this.#server = undefined;
      throw error;
    });
  }
}
