# Faults that are injected into calls, kernels, copies and devices.
. "$CASES/simcuda.bash"
two=(--devices 2)
on "${two[@]}" -- calls steps
on "${two[@]}" --fail call=cudaLaunchKernel,dev=1,nth=2,error=cudaErrorLaunchOutOfResources -- calls steps
on --fail call=cudaLaunchKernel,nth=2,error=cudaErrorLaunchFailure -- calls steps
on --fail call=cudaLaunchKernel,nth=2,error=cudaErrorLaunchFailure,sticky=0 -- calls steps
on "${two[@]}" --fail kind=kernel,dev=0,nth=2 -- calls steps
on --fail kind=kernel,nth=3,error=cudaErrorECCUncorrectable -- calls steps
on "${two[@]}" --fail kind=hang,dev=0,after=1 -- calls watched_steps
on --fail kind=flip,nth=2,bit=1 -- calls steps
on --fail kind=corrupt,kernel=put,nth=3,bit=2 -- calls steps
on --fail kind=corrupt,kernel=put -- calls mapped
on "${two[@]}" --fail call=cudaMalloc,dev=1,error=cudaErrorMemoryAllocation -- calls steps
on --mem 0 -- calls steps
on "${two[@]}" --fail 'call=*,dev=1,nth=6,times=0,error=cudaErrorUnknown' -- calls steps
on --fail kind=kernel,kernel=none_such -- calls steps
