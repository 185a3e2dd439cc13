import { Module } from '@nestjs/common';
import { DashboardFiles } from './dashboard-files.js';
import { LedgerController } from './ledger.controller.js';
import { PagesController } from './pages.controller.js';
import { RecentOverviews } from './recent-overviews.js';
import { SignInController } from './sign-in.controller.js';
import { StateController } from './state.controller.js';
import { AuthModule } from '../auth/auth.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsageModule } from '../usage/usage.module.js';

@Module({
  imports: [AuthModule, SessionsModule, UsageModule],
  controllers: [SignInController, LedgerController, StateController, PagesController],
  providers: [RecentOverviews, { provide: DashboardFiles, useFactory: () => new DashboardFiles() }],
})
export class DashboardModule {}
