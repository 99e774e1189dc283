#pragma once

/// Begins to count the allocations of all threads of this process, from 0.
void allocations_begin(void);

/// Ends counting; returns how many allocations there were.
long allocations_end(void);
