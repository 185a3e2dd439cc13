import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule, ConfigService } from '@nestjs/config';
import { ConfigFile } from './config-file.js';
import { ConfigLocation } from './config-location.js';
import { DATA_DIR, openDataDir } from './data-dir.js';
import { ENVIRONMENT, type Environment } from './environment.js';
import { ServerSettings } from './server-settings.js';
import { provideSettings } from './settings.js';

/** The only door to the environment. `environment` replaces the process's own and `.env`: for tests. */
@Module({})
export class ConfigModule {
  static forRoot(environment?: Environment): DynamicModule {
    const source = environment
      ? NestConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, skipProcessEnv: true, load: [() => ({ ...environment })] })
      : NestConfigModule.forRoot({ isGlobal: true });
    return {
      module: ConfigModule,
      global: true,
      imports: [source],
      providers: [
        // By the time the ConfigService is there, Nest has read .env into the process's environment.
        { provide: ENVIRONMENT, inject: [ConfigService], useFactory: (): Environment => Object.freeze({ ...(environment ?? process.env) }) },
        { provide: DATA_DIR, inject: [ENVIRONMENT], useFactory: openDataDir },
        provideSettings(ServerSettings),
        {
          provide: ConfigFile,
          inject: [ENVIRONMENT, DATA_DIR],
          useFactory: (own: Environment, dataDir: string) => new ConfigFile(new ConfigLocation(own, dataDir, environment ? undefined : process.cwd())),
        },
      ],
      exports: [ENVIRONMENT, DATA_DIR, ServerSettings, ConfigFile],
    };
  }
}
