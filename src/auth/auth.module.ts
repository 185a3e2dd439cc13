import { Module } from '@nestjs/common';
import { AuthSettings } from './auth-settings.js';
import { AuthService } from './auth.service.js';
import { provideSettings } from '../config/settings.js';

@Module({ providers: [provideSettings(AuthSettings), AuthService], exports: [AuthService] })
export class AuthModule {}
