import { Module } from '@nestjs/common';
import { DashboardFiles } from './dashboard-files.js';
import { LedgerController } from './ledger.controller.js';
import { LiveController } from './live/live.controller.js';
import { LiveFeed } from './live/live-feed.js';
import { LiveSnapshots } from './live/live-snapshots.js';
import { StoredCounts } from './live/stored-counts.js';
import { PagesController } from './pages.controller.js';
import { RecentOverviews } from './recent-overviews.js';
import { SignInController } from './sign-in.controller.js';
import { StateController } from './state.controller.js';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../runs/jobs/jobs.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsageModule } from '../usage/usage.module.js';

@Module({
  imports: [AuthModule, JobsModule, SessionsModule, UsageModule],
  controllers: [SignInController, LedgerController, StateController, LiveController, PagesController],
  providers: [RecentOverviews, LiveFeed, LiveSnapshots, StoredCounts, { provide: DashboardFiles, useFactory: () => new DashboardFiles() }],
})
export class DashboardModule {}
