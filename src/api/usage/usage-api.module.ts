import { Module } from '@nestjs/common';
import { UsageController } from './usage.controller.js';
import { UsageModule } from '../../usage/usage.module.js';

@Module({ imports: [UsageModule], controllers: [UsageController] })
export class UsageApiModule {}
