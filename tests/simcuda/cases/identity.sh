# Names, UUIDs and attributes of devices.
. "$CASES/simcuda.bash"
[ -x "${PROGRAMS:?}/simcuda_identity" ] || { echo "CUDA before 12.5 has no cudaGetDriverEntryPointByVersion"; exit 77; }
on --devices 2 -- identity
on --mig 1g.10gb --mem 9856 --cc 8.0 --sms 14 -- identity
on --cc 8.6 --name "Test card" --fail call=cuDeviceGetName,error=cudaErrorUnknown --fail call=cuDeviceTotalMem,error=cudaErrorInvalidContext -- identity
on --cc 7.5 --fail call=cuDeviceGetUuid,nth=2,error=cudaErrorInvalidDevice --fail call=cuDeviceGet,nth=2,error=cudaErrorInitializationError -- identity
on --fp64-ratio 32 --fail call=cudaGetDriverEntryPointByVersion,nth=2,error=cudaErrorNotSupported -- identity
for driver in none old; do on --driver $driver -- identity; done
on --devices 0 -- identity
