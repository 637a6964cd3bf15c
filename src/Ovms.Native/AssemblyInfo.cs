using System.Runtime.CompilerServices;

// No implicit marshalling: everything passed to C is blittable or converted explicitly in Marshalling/.
[assembly: DisableRuntimeMarshalling]
