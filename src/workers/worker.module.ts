import { type DynamicModule, Injectable, Module, type Provider, type Type } from '@nestjs/common';
import { getOptionsToken, getStorageToken } from '@nestjs/throttler';
import { ApiProviders } from './api-providers.js';
import { type OwnerCalls } from './calls.js';
import { type Channel } from './channel.js';
import { HandOn } from './hand-on.js';
import { LaneController } from './lane.controller.js';
import { LaneRoutes } from './lane-routes.js';
import { PushedKeys } from './pushed-keys.js';
import { KnownRoute, OwnersStandIns, RemoteBooks, RemoteBudgets, RemoteConcurrency, RemoteHealth, RemoteWindows } from './remote.js';
import { ChatOperation } from '../api/chat/chat.operation.js';
import { AuthSettings } from '../auth/auth-settings.js';
import { AuthService } from '../auth/auth.service.js';
import { DashboardPass } from '../auth/dashboard-pass.js';
import { KEY_SECRET_FILE, openKeptSecret } from '../auth/kept-secret.js';
import { KeyDigest } from '../auth/key-digest.js';
import { KeyRing } from '../auth/key-ring.js';
import { Passes } from '../auth/pass.js';
import { CacheSettings } from '../cache/cache-settings.js';
import { Attempt } from '../completion/attempt.js';
import { CachedAnswers } from '../completion/cached-answer.js';
import { CompletionService } from '../completion/completion.service.js';
import { ConversationTurn } from '../completion/conversation-turn.js';
import { ImageFetcher } from '../completion/image-fetcher.js';
import { Meter } from '../completion/meter.js';
import { ProviderHealth } from '../completion/provider-health.js';
import { RedactionSettings } from '../completion/redaction-settings.js';
import { REDACTOR } from '../completion/redactor.js';
import { Router } from '../completion/router.js';
import { StandIns } from '../completion/stand-ins.js';
import { ConfigFile } from '../config/config-file.js';
import { ConfigModule } from '../config/config.module.js';
import { DATA_DIR } from '../config/data-dir.js';
import { provideSettings } from '../config/settings.js';
import { ServerSettings } from '../config/server-settings.js';
import { Admission } from '../http/admission.js';
import { BodyRoom } from '../http/body-room.js';
import { globalGuards } from '../http/global-guards.js';
import { KeyCheck } from '../http/key-check.js';
import { MetricsSettings } from '../http/metrics-settings.js';
import { OperationReply } from '../http/operation-reply.js';
import { OriginPolicy } from '../http/origin-policy.js';
import { RequestLog } from '../http/request-log.js';
import { RequestRate } from '../http/request-rate.js';
import { RouteTable } from '../http/route-table.js';
import { createLog } from '../observability/create-log.js';
import { LOG, type Log } from '../observability/log.js';
import { Metrics } from '../observability/metrics/metrics.js';
import { Tracing } from '../observability/tracing/tracing.js';
import { TracingSettings } from '../observability/tracing/tracing-settings.js';
import { OpenAiCompatibleFamily } from '../providers/openai-compatible/openai-compatible.family.js';
import { CerebrasSettings, OllamaSettings, OpenAiSettings } from '../providers/openai-compatible/settings.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { ProviderSettings } from '../providers/provider-settings.js';
import { Concurrency } from '../rate-limit/concurrency.js';
import { LimitSettings } from '../rate-limit/limit-settings.js';
import { WINDOW_MS } from '../rate-limit/request-windows.js';
import { WrongKeys } from '../rate-limit/wrong-keys.js';
import { createRedactor, passThroughRedactor } from '../redaction/create-redactor.js';
import { ClientSchemas } from '../schema-worker/client-schemas.js';
import { SessionService } from '../sessions/session.service.js';
import { TemplateService } from '../templates/template.service.js';
import { Budgets } from '../usage/budgets.js';
import { Prices } from '../usage/prices.js';
import { UsageLedger } from '../usage/usage-ledger.js';
import { UsageSettings } from '../usage/usage-settings.js';

const settings: readonly Type<object>[] = [
  AuthSettings,
  CacheSettings,
  CerebrasSettings,
  LimitSettings,
  MetricsSettings,
  OllamaSettings,
  OpenAiSettings,
  ProviderSettings,
  RedactionSettings,
  TracingSettings,
  UsageSettings,
];

/** What is for what a worker hands on: never asked for anything. */
const absent: readonly Type<object>[] = [CachedAnswers, ClientSchemas, ConversationTurn, DashboardPass, ImageFetcher, Passes, SessionService, TemplateService, WrongKeys];

/** The owner says what there is to say of the configuration. */
@Injectable()
class SilentAuth extends AuthService {
  override onApplicationBootstrap(): Promise<void> {
    return Promise.resolve();
  }
}

/** The gateway as far as a worker needs it: the path of a request that is passed on to an API vendor, with the owner in the place of what there is one of. */
@Module({})
export class WorkerModule {
  /** @param path of the owner's socket */
  static of(owner: Channel<OwnerCalls>, path: string): DynamicModule {
    const books = new RemoteBooks(owner);
    const standingFor = (token: unknown, value: object): Provider => ({ provide: token as Type<object>, useValue: value });
    return {
      module: WorkerModule,
      imports: [ConfigModule.forRoot()],
      controllers: [LaneController],
      providers: [
        ...settings.map((each) => provideSettings(each)),
        ...absent.map((each) => standingFor(each, {})),
        standingFor(getOptionsToken(), { throttlers: [{ name: 'client', ttl: WINDOW_MS, limit: 0 }] }),
        standingFor(getStorageToken(), new RemoteWindows(owner)),
        standingFor(Concurrency, new RemoteConcurrency(owner)),
        standingFor(Budgets, new RemoteBudgets(owner)),
        standingFor(Metrics, books),
        standingFor(UsageLedger, books),
        standingFor(ProviderHealth, new RemoteHealth(owner)),
        standingFor(Router, new KnownRoute()),
        standingFor(KeyRing, new PushedKeys()),
        standingFor(LaneRoutes, new LaneRoutes(owner)),
        { provide: StandIns, inject: [ProviderSettings], useFactory: (providers: ProviderSettings) => new OwnersStandIns(providers) },
        { provide: ProviderRegistry, useClass: ApiProviders },
        { provide: AuthService, useClass: SilentAuth },
        { provide: HandOn, inject: [Admission], useFactory: (admission: Admission) => new HandOn(path, admission) },
        {
          provide: KeyDigest,
          inject: [AuthSettings, DATA_DIR],
          useFactory: ({ keySecret }: AuthSettings, dataDir: string) =>
            new KeyDigest(keySecret ?? openKeptSecret(dataDir, KEY_SECRET_FILE, 'Restore it, or delete it and issue every key anew')),
        },
        {
          provide: LOG,
          inject: [ServerSettings],
          useFactory: ({ logLevel }: ServerSettings) =>
            createLog(logLevel, {
              write: (lines) => {
                owner.tell('log', lines);
              },
            }),
        },
        { provide: Tracing, inject: [TracingSettings, LOG], useFactory: (tracing: TracingSettings, log: Log) => Tracing.open(tracing, new Metrics(), log) },
        { provide: REDACTOR, inject: [RedactionSettings], useFactory: ({ redact }: RedactionSettings) => (redact ? createRedactor() : passThroughRedactor) },
        { provide: Prices, inject: [ConfigFile], useFactory: (file: ConfigFile) => new Prices(file) },
        OpenAiCompatibleFamily,
        Attempt,
        Meter,
        CompletionService,
        ChatOperation,
        Admission,
        BodyRoom,
        KeyCheck,
        OperationReply,
        OriginPolicy,
        RequestLog,
        RequestRate,
        RouteTable,
        ...globalGuards,
      ],
    };
  }
}
