import '@mantine/core/styles.css';
import './app/app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { exposeAutomation } from './lab/automation.ts';
import { isolatePage } from './lab/isolation.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');

// null: the page is about to be loaded again
if ((await isolatePage()) !== null) {
  exposeAutomation();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
