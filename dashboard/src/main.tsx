import { render } from 'preact';
import { App } from './app.tsx';
import { followTheme } from './frame/theme.ts';
import './style/tokens.css';
import './style/base.css';
import './style/controls.css';

const root = document.getElementById('app');
followTheme();
if (root) render(<App />, root);
