// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core.Interceptors;

/// <summary>Puts interceptors before the handlers of a service.</summary>
public static class ServerServiceDefinitionExtensions
{
    /// <summary>Runs an interceptor around every handler.</summary>
    /// <param name="serverServiceDefinition">The service.</param>
    /// <param name="interceptor">The interceptor.</param>
    /// <returns>A new definition.</returns>
    public static ServerServiceDefinition Intercept(this ServerServiceDefinition serverServiceDefinition, Interceptor interceptor)
    {
        ArgumentNullException.ThrowIfNull(serverServiceDefinition);
        ArgumentNullException.ThrowIfNull(interceptor);
        return new ServerServiceDefinition([binder => serverServiceDefinition.BindService(new InterceptingBinder(binder, interceptor))]);
    }

    /// <summary>Runs interceptors around every handler, the first of them outermost.</summary>
    /// <param name="serverServiceDefinition">The service.</param>
    /// <param name="interceptors">The interceptors.</param>
    /// <returns>A new definition.</returns>
    public static ServerServiceDefinition Intercept(this ServerServiceDefinition serverServiceDefinition, params Interceptor[] interceptors)
    {
        ArgumentNullException.ThrowIfNull(serverServiceDefinition);
        ArgumentNullException.ThrowIfNull(interceptors);
        return interceptors.Reverse().Aggregate(serverServiceDefinition, Intercept);
    }
}
