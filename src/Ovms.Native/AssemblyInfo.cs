using System.Runtime.CompilerServices;

// Nothing is marshalled by accident: what crosses to C is blittable, or is written out in Marshalling/.
[assembly: DisableRuntimeMarshalling]
