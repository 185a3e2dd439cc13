import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import pino, { type DestinationStream } from 'pino';
import { createLog } from './create-log.js';
import { GatheredLines } from './gathered-lines.js';
import { LOG } from './log.js';
import { Metrics } from './metrics/metrics.js';
import { Tracing } from './tracing/tracing.js';
import { TracingSettings } from './tracing/tracing-settings.js';
import { ServerSettings } from '../config/server-settings.js';
import { provideSettings } from '../config/settings.js';

/** Token of where log lines go. */
export const LOG_DESTINATION = Symbol('LOG_DESTINATION');

@Global()
@Module({
  providers: [
    { provide: Metrics, useFactory: () => new Metrics() },
    provideSettings(TracingSettings),
    { provide: Tracing, inject: [TracingSettings, Metrics, LOG], useFactory: (...needs: Parameters<typeof Tracing.open>) => Tracing.open(...needs) },
    { provide: LOG_DESTINATION, useFactory: () => new GatheredLines(pino.destination({ dest: 1, sync: false })) },
    {
      provide: LOG,
      inject: [ServerSettings, LOG_DESTINATION],
      useFactory: (settings: ServerSettings, destination: DestinationStream) => createLog(settings.logLevel, destination),
    },
  ],
  exports: [LOG, Metrics, Tracing],
})
export class ObservabilityModule implements OnApplicationShutdown {
  /** Another place for the log's lines than stdout. */
  static to(destination: DestinationStream): DynamicModule {
    return { module: ObservabilityModule, providers: [{ provide: LOG_DESTINATION, useValue: destination }] };
  }

  constructor(@Inject(LOG_DESTINATION) private readonly destination: DestinationStream & { flushSync?: () => void }) {}

  onApplicationShutdown(): void {
    this.destination.flushSync?.();
  }
}
