import { Module } from '@nestjs/common';
import { DashboardFiles } from './dashboard-files.js';
import { PagesController } from './pages.controller.js';
import { SignInController } from './sign-in.controller.js';
import { AuthModule } from '../auth/auth.module.js';

@Module({
  imports: [AuthModule],
  controllers: [SignInController, PagesController],
  providers: [{ provide: DashboardFiles, useFactory: () => new DashboardFiles() }],
})
export class DashboardModule {}
