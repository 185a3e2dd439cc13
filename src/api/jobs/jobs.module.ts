import { Module } from '@nestjs/common';
import { JobAcceptance } from './job-acceptance.js';
import { JobsController } from './jobs.controller.js';
import { AuthModule } from '../../auth/auth.module.js';
import { JobsModule } from '../../runs/jobs/jobs.module.js';

@Module({ imports: [AuthModule, JobsModule], controllers: [JobsController], providers: [JobAcceptance], exports: [JobAcceptance] })
export class JobsApiModule {}
